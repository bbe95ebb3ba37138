using CsCheck;

namespace FlyTftp.Reactive.Tests.Content.Names;

/// <summary>Names that somebody up to no good would ask for, many of which are in <see cref="TestTree.Nasty"/>.</summary>
internal static class NastyNames
{
    private static readonly Gen<string> Separator = Gen.Frequency(
        (12, Gen.Const("/")), (6, Gen.Const("\\")), (1, Gen.OneOf("//", "\\/", "/./", "\u2215", "\u2044", "%2f", "%5c", "\0/", "")));

    private static readonly Gen<string> Word = Gen.Frequency(
        (30, Gen.OneOf(
            "a", "b.img", "dir", "sub", "c", "ü.efi", "a b", "~a", "a\u202Eb", "up", "around", "to-inside", "to-dir", "to-outside",
            "to-sibling", "out", "out-and-in", "absolute", "absolute-inside", "absolute-root", "null", "process", "loop", "ping", "pong",
            "dangling", "parent", "self", "fifo", "to-fifo", "socket", "root", "root-secret", "secret", "etc", "passwd", "dev")),
        (6, Gen.OneOf("..", ".", "...", "....", "..;", ".. ", "．．", "%2e%2e", "..%00", "..\0", "\u2025", "\uFF0E", "~", "C:", "NUL", "a:b")),
        (2, Gen.OneOf(".hidden", ".git", "config", "a\uFFFD", "\uD800", "a\u0007", "\u001B[2J")),
        (1, Gen.String[Gen.Char, 0, 12]),
        (1, Gen.Char['a', 'c'].Array[0, 600].Select(static letters => new string(letters))));

    public static readonly Gen<string> Any =
        from lead in Gen.Frequency((4, Gen.Const("")), (1, Gen.OneOf("/", "\\", "//", "../", "C:\\")))
        from parts in Gen.Select(Word, Separator, static (word, separator) => word + separator).Array[0, 5]
        from last in Word
        select lead + string.Concat(parts) + last;
}
