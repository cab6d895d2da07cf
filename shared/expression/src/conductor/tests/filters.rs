//! `[?(…)]`.

use insta::assert_snapshot;

use super::paths;

#[test]
fn comparisons() {
    assert_snapshot!(paths([
        "it.items[?(@.x == 'y' && @.n > 3)].price",
        r#"it.items[?(@.x=="y")].n"#,
        "it.items[?('y' == @.x)].n",
        "it.items[?(@.x != 'y')].n",
        "it.items[?(@['x'] == 'z')].n",
        "it.items[?(@.n < 4)].n",
        "it.items[?(@.n <= 4)].n",
        "it.items[?(@.n >= 4)].n",
        "it.items[?(@.n == 4)].n",
        "it.items[?(@.n === 4)].n",
        "it.items[?(@.n !== 4)].n",
        "it.items[?(@.ok == false)].n",
        "it.items[?(@.ok == null)].n",
        "it.items[?(@.ok < 1)].n",
        "it.items[?(@.n > $.it.numbers[0])].n",
        "it.items[?(@.tags == ['p', 'q'])].n",
        "it.items[?(@.price == 10.0)].n",
        "it.numbers[?(@ > 2)]",
        "it.mixed[?(@ == 'a')]",
        "it.response[?(@.statusCode == 200)].statusCode",
        "it.response[?(@.statusCode == 404)].statusCode",
    ]), @r#"
    it.items[?(@.x == 'y' && @.n > 3)].price  ->  [2.5]
    it.items[?(@.x=="y")].n  ->  [5,1]
    it.items[?('y' == @.x)].n  ->  [5,1]
    it.items[?(@.x != 'y')].n  ->  [4,"4"]
    it.items[?(@['x'] == 'z')].n  ->  [4]
    it.items[?(@.n < 4)].n  ->  [1]
    it.items[?(@.n <= 4)].n  ->  [4,1,"4"]
    it.items[?(@.n >= 4)].n  ->  [5,4,"4"]
    it.items[?(@.n == 4)].n  ->  [4,"4"]
    it.items[?(@.n === 4)].n  ->  [4]
    it.items[?(@.n !== 4)].n  ->  [5,1,"4"]
    it.items[?(@.ok == false)].n  ->  [1]
    it.items[?(@.ok == null)].n  ->  ["4"]
    it.items[?(@.ok < 1)].n  ->  []
    it.items[?(@.n > $.it.numbers[0])].n  ->  [5]
    it.items[?(@.tags == ['p', 'q'])].n  ->  [5]
    it.items[?(@.price == 10.0)].n  ->  [4]
    it.numbers[?(@ > 2)]  ->  [4,2.5]
    it.mixed[?(@ == 'a')]  ->  ["a"]
    it.response[?(@.statusCode == 200)].statusCode  ->  [200]
    it.response[?(@.statusCode == 404)].statusCode  ->  []
    "#);
}

#[test]
fn words() {
    assert_snapshot!(paths([
        "it.items[?(@.x in ['z', 'w'])].n",
        "it.items[?(@.x nin ['z', 'w'])].n",
        "it.items[?(@.n IN [4])].x",
        "it.items[?('p' in @.tags)].n",
        "it.items[?(@.tags contains 'q')].n",
        "it.items[?(@.x contains 'y')].n",
        "it.items[?(@.tags size 2)].n",
        "it.items[?(@.tags empty true)].n",
        "it.items[?(@.tags empty false)].n",
        "it.items[?(@.x within ['z'])].n",
        "it.items[?(@.x in 'z')].n",
    ]), @r#"
    it.items[?(@.x in ['z', 'w'])].n  ->  [4]
    it.items[?(@.x nin ['z', 'w'])].n  ->  [5,1,"4"]
    it.items[?(@.n IN [4])].x  ->  ["z"]
    it.items[?('p' in @.tags)].n  ->  [5]
    it.items[?(@.tags contains 'q')].n  ->  [5]
    it.items[?(@.x contains 'y')].n  ->  [5,1]
    it.items[?(@.tags size 2)].n  ->  [5]
    it.items[?(@.tags empty true)].n  ->  [4]
    it.items[?(@.tags empty false)].n  ->  [5]
    it.items[?(@.x within ['z'])].n  ->  null
    it.items[?(@.x in 'z')].n  ->  []
    "#);
}

#[test]
fn patterns() {
    assert_snapshot!(paths([
        "it.items[?(@.x =~ /[yz]/)].n",
        "it.items[?(@.x =~ /Y/)].n",
        "it.items[?(@.x =~ /Y/i)].n",
        "it.items[?(@.x =~ /yy?|x/)].n",
        "it.items[?(@.n =~ /4/)].x",
        "it.items[?(@.tags =~ /q{1}/)].n",
        "it.items[?(/y/ =~ @.x)].n",
        "it.items[?(@.x =~ /(?=y)/)].n",
        "it.items[?(@.x =~ /(/)].n",
        r"it.mixed[?(@ =~ /a|\//)]",
        "it.items[?(@.x =~ 'y')].n",
        "it.items[?(@.x == /y/)].n",
        "it.items[?(@.x =~ /y)].n",
    ]), @r#"
    it.items[?(@.x =~ /[yz]/)].n  ->  [5,4,1]
    it.items[?(@.x =~ /Y/)].n  ->  []
    it.items[?(@.x =~ /Y/i)].n  ->  [5,1]
    it.items[?(@.x =~ /yy?|x/)].n  ->  [5,1]
    it.items[?(@.n =~ /4/)].x  ->  ["z"]
    it.items[?(@.tags =~ /q{1}/)].n  ->  [5]
    it.items[?(/y/ =~ @.x)].n  ->  [5,1]
    it.items[?(@.x =~ /(?=y)/)].n  ->  []
    it.items[?(@.x =~ /(/)].n  ->  []
    it.mixed[?(@ =~ /a|\//)]  ->  ["a"]
    it.items[?(@.x =~ 'y')].n  ->  []
    it.items[?(@.x == /y/)].n  ->  []
    it.items[?(@.x =~ /y)].n  ->  null
    "#);
}

#[test]
fn existence_and_what_joins() {
    assert_snapshot!(paths([
        "it.items[?(@.x)].n",
        "it.items[?(!@.x)].n",
        "it.items[?(@.ok)].n",
        "it.items[?(@.deep.x)].n",
        "it.items[?(@.tags[*])].n",
        "it.items[?(@.tags.length() > 1)].n",
        "it.items[?(@.x == 'z' || @.x == 'y' && @.n == 1)].n",
        "it.items[?((@.x == 'z' || @.x == 'y') && @.n == 1)].n",
        "it.items[?(!(@.x == 'y'))].n",
        "it.items[?(!!(@.x=='y')&&@.n==1||@.n=='4')].n",
        "it.items[?( @.x  ==  'z' )  ].n",
        "it.items[?(@.tags[?(@ == 'q')])].n",
        "it.items[?(@.x == 'y')][?(@.deep)]",
        "it.items[?(@.x == 'y')].length()",
        "it.numbers[0][?(@.x)]",
    ]), @r#"
    it.items[?(@.x)].n  ->  [5,4,1]
    it.items[?(!@.x)].n  ->  ["4"]
    it.items[?(@.ok)].n  ->  [1,"4"]
    it.items[?(@.deep.x)].n  ->  [5]
    it.items[?(@.tags[*])].n  ->  [5]
    it.items[?(@.tags.length() > 1)].n  ->  [5]
    it.items[?(@.x == 'z' || @.x == 'y' && @.n == 1)].n  ->  [4,1]
    it.items[?((@.x == 'z' || @.x == 'y') && @.n == 1)].n  ->  [1]
    it.items[?(!(@.x == 'y'))].n  ->  [4,"4"]
    it.items[?(!!(@.x=='y')&&@.n==1||@.n=='4')].n  ->  [4,1,"4"]
    it.items[?( @.x  ==  'z' )  ].n  ->  [4]
    it.items[?(@.tags[?(@ == 'q')])].n  ->  [5]
    it.items[?(@.x == 'y')][?(@.deep)]  ->  [{"x":"y","n":5,"price":2.5,"tags":["p","q"],"deep":{"x":"in"}}]
    it.items[?(@.x == 'y')].length()  ->  [5,4]
    it.numbers[0][?(@.x)]  ->  []
    "#);
}
