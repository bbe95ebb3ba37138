namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>Makes scripts of scripts. The same number and the same corpus give the same bytes on every machine.</summary>
internal static class ScriptMutator
{
    public const int LengthMax = 256;

    public static byte[] Make(IReadOnlyList<byte[]> corpus, long number)
    {
        var random = new Random((int)(number ^ number >> 31));
        List<byte> bytes = corpus.Count == 0 || random.Next(50) == 0 ? Fresh(random) : [.. corpus[random.Next(corpus.Count)]];
        for (var left = 1 + random.Next(6); left > 0; left--) Mutate(bytes, corpus, random);
        return [.. bytes.Take(LengthMax)];
    }

    private static List<byte> Fresh(Random random)
    {
        var bytes = new byte[8 + random.Next(64)];
        random.NextBytes(bytes);
        return [.. bytes];
    }

    private static void Mutate(List<byte> bytes, IReadOnlyList<byte[]> corpus, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(1 + random.Next(12), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 1 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes.RemoveRange(at, length); break;
            case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            // A step: its kind, a peer, what it takes.
            case 4 or 5: bytes.InsertRange(at, [(byte)random.Next(PipelineScript.StepKinds), (byte)random.Next(6), .. Fresh(random).Take(random.Next(4))]); break;
            case 6 when corpus.Count > 0:
                var other = corpus[random.Next(corpus.Count)];
                var cut = random.Next(other.Length + 1);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[cut..]);
                break;
            default:
                if (at < bytes.Count) bytes[at] += (byte)(random.Next(2) == 0 ? 1 : 255);
                break;
        }
    }
}
