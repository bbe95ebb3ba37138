namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>The link types that are understood, by the numbers of the IETF's registry (draft-ietf-opsawg-pcaplinktype).</summary>
internal static class LinkType
{
    public const int
        BsdNull = 0,
        Ethernet = 1,
        Ppp = 9,
        // Raw IP is 101 in files; 12 and 14 are what BSD's libpcap called it, and some writers took that over.
        RawBsd = 12,
        RawOpenBsd = 14,
        PppSerial = 50,
        PppoE = 51,
        Raw = 101,
        CiscoHdlc = 104,
        Wireless = 105,
        BsdLoop = 108,
        LinuxCooked = 113,
        Radiotap = 127,
        IPv4 = 228,
        IPv6 = 229,
        Nflog = 239,
        LinuxCooked2 = 276;
}
