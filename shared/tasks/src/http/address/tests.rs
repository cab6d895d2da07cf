use super::*;

#[test]
fn every_range_leads_where_the_registries_say() {
    let table = [
        (
            Reach::Public,
            "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 198.17.0.1 223.255.255.255",
        ),
        (Reach::Public, "2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808"),
        (Reach::Private, "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255"),
        (Reach::Private, "fc00::1 fdff::1 fec0::1 ::ffff:10.0.0.1 64:ff9b::a00:1"),
        (
            Reach::Special,
            "0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.255 192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.19.0.1",
        ),
        (
            Reach::Special,
            "198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 ::ffff:127.0.0.1",
        ),
        (
            Reach::Special,
            ":: ::1 ::127.0.0.1 ::8.8.8.8 ff02::1 2001:db8::1 3fff::1 2001:10::1 100::1 4000::1",
        ),
        (Reach::Special, "2002:808:808::1 2001:0:808:808::f7f7:f7f7 64:ff9b:1::808:808 ::ffff:0:8.8.8.8"),
        (Reach::Never, "169.254.169.254 169.254.170.2 169.254.0.1 100.100.100.200 168.63.129.16 192.0.0.192"),
        (
            Reach::Never,
            "fe80::1 febf::1 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 ::ffff:169.254.169.254 ::169.254.169.254",
        ),
        (Reach::Never, "2002:a9fe:a9fe::1 2001:0:a9fe:a9fe::1 2001:0:808:808::5601:5601 64:ff9b::a9fe:a9fe"),
        (
            Reach::Never,
            "64:ff9b:1::a9fe:a9fe ::ffff:0:a9fe:a9fe 2606:4700::5efe:a9fe:a9fe 2606:4700::200:5efe:a9fe:a9fe",
        ),
    ];
    for (expected, addresses) in table {
        for address in addresses.split(' ') {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }
}

#[test]
fn this_machine_is_known_by_all_its_addresses() {
    for address in ["127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "::1", "::", "::ffff:127.0.0.1"] {
        assert!(is_local(address.parse().unwrap()), "{address}");
    }
    assert!(!is_local("128.0.0.1".parse().unwrap()));
}
