namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// Hash codes of what strangers choose. The keys are new in every process, so that nobody can choose addresses and ports which meet in one bucket
/// of a table and make each look-up as long as the table.
/// </summary>
/// <remarks>
/// Multilinear hashing of 32-bit words: the high half of key0 + key1 · word1 + key2 · word2 + …, modulo 2⁶⁴ (Dietzfelbinger 1996). For any two addresses
/// that were chosen without knowledge of the keys, the chance to be equal is 2⁻³². The runtime's own code for a <c>ulong</c> is an exclusive or of its
/// halves, of which collisions can be written down, whatever is mixed in afterwards.
/// </remarks>
public static class AddressHash
{
    private static readonly ulong Key0 = Key("0"), Key1 = Key("1"), Key2 = Key("2"), Key3 = Key("3"), Key4 = Key("4"), Key5 = Key("5");

    /// <param name="high">An address's first eight bytes.</param>
    /// <param name="low">Its last eight.</param>
    /// <param name="rest">Its port, or the length of its prefix, or nothing.</param>
    public static int Of(ulong high, ulong low, uint rest) => (int)((Key0
        + Key1 * (uint)(high >> 32) + Key2 * (uint)high + Key3 * (uint)(low >> 32) + Key4 * (uint)low + Key5 * rest) >> 32);

    // The runtime seeds the hash codes of strings anew in every process, for the same reason.
    private static ulong Key(string name) => (ulong)(uint)(name + "high").GetHashCode(StringComparison.Ordinal) << 32
        | (uint)(name + "low").GetHashCode(StringComparison.Ordinal);
}
