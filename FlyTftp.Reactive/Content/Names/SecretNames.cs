namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// Names that keys, certificates and password files go by, with whatever endings: <c>id_rsa</c>, <c>shadow-</c>, <c>server.key.gz</c>,
/// <c>.ssh/config</c>. No list of extensions serves them, unless it names the file itself or is <c>*</c>.
/// </summary>
internal static class SecretNames
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>>
        Stems = Set(
            "passwd", "password", "passwords", "shadow", "gshadow", "htpasswd", "secret", "secrets", "credential", "credentials",
            "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "authorized_keys", "ssh_host_rsa_key", "ssh_host_dsa_key", "ssh_host_ecdsa_key",
            "ssh_host_ed25519_key", "private_key", "privatekey", "privkey", "keytab"),
        Endings = Set(
            "key", "pem", "p12", "pfx", "crt", "cer", "der", "p8", "pk8", "jks", "keystore", "kdb", "kdbx", "ppk", "gpg", "pgp", "ovpn", "keytab"),
        HiddenFolders = Set(".ssh", ".gnupg", ".git", ".aws", ".azure", ".kube", ".docker"),
        HiddenFiles = Set(".env", ".netrc", ".pgpass", ".git-credentials");

    /// <param name="name">With either slash.</param>
    public static bool Has(ReadOnlySpan<char> name)
    {
        while (name.IndexOfAny('/', '\\') is >= 0 and var slash)
        {
            if (HiddenFolders.Contains(name[..slash])) return true;
            name = name[(slash + 1)..];
        }

        if (Stems.Contains(Word(name.TrimStart('.'))) || HiddenFiles.Contains(name)) return true;

        for (var rest = name; rest.IndexOf('.') is >= 0 and var dot;)
        {
            rest = rest[(dot + 1)..];
            if (Endings.Contains(Word(rest))) return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> Word(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] == '_')) length++;
        return text[..length];
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(params string[] words) =>
        new HashSet<string>(words, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
