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
    ]), @"");
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
    ]), @"");
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
    ]), @"");
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
    ]), @"");
}
