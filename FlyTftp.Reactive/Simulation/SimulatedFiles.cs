using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Simulation.Clients;
using FlyTftp.Reactive.Simulation.Links;

namespace FlyTftp.Reactive.Simulation;

/// <summary>A file as it should arrive.</summary>
/// <param name="Bytes">As sent: encoded, in netascii.</param>
internal sealed record ExpectedFile(string Name, byte[] Bytes);

/// <summary>
/// What the simulated server has: one file of the size asked for, and small ones of the lengths at which block arithmetic goes wrong.
/// Their bytes are chance, half of the time heavy with line ends.
/// </summary>
internal sealed class SimulatedFiles(int size, SeededRandom chance)
{
    private const string Main = "boot/kernel", Long = "boot/rollover.bin";
    private const int RolloverBlockSize = 8, BlockNumbers = 1 << 16;

    private static readonly int[] SmallSizes = [0, 1, 511, 512, 513, 1024, 1432, 1455, 1456, 1468, 1469, 4 * 1468, 8 * 1468, 8 * 1468 + 1];

    private readonly Dictionary<string, byte[]> _bytes = [];
    private readonly Dictionary<string, byte[]> _encoded = [];

    /// <summary>Named by nobody else: every name drawn here exists, and no other.</summary>
    public ExpectedFile Draw(ClientProfile profile, SeededRandom draws)
    {
        var (name, length) = profile.RollsOver ? (Long, RolloverBlockSize * (BlockNumbers + draws.Below(300)) + 3)
            : draws.Happens(0.9) || profile.ReadsMainFile ? (Main, size)
            : SmallSizes[draws.Below(SmallSizes.Length)] is var small ? ($"small/{small}", small) : default;
        if (!_bytes.ContainsKey(name)) _bytes.Add(name, Fill(length));
        return new ExpectedFile(name, profile.IsNetascii ? Encoded(name) : _bytes[name]);
    }

    public byte[]? Find(SafePath path) => _bytes.GetValueOrDefault(path.Value);

    /// <summary>Not the server's own encoder, which is under test.</summary>
    private byte[] Encoded(string name)
    {
        if (_encoded.TryGetValue(name, out var known)) return known;
        var encoded = new List<byte>();
        foreach (var value in _bytes[name])
        {
            if (value is (byte)'\n') encoded.AddRange("\r\n"u8);
            else if (value is (byte)'\r') encoded.AddRange("\r\0"u8);
            else encoded.Add(value);
        }

        return _encoded[name] = [.. encoded];
    }

    private byte[] Fill(int length)
    {
        var bytes = new byte[length];
        var isText = chance.Happens(0.5);
        for (var at = 0; at < length; at += sizeof(ulong))
        {
            var word = chance.Next();
            for (var value = at; value < Math.Min(at + sizeof(ulong), length); value++, word >>= 8)
                bytes[value] = isText && (byte)word < 32 ? "\r\n"u8[(int)word & 1] : (byte)word;
        }

        return bytes;
    }
}
