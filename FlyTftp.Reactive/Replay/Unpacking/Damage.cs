using System.Diagnostics.CodeAnalysis;

namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>What is wrong with packed data; caught where unpacking begins, and nowhere else.</summary>
internal static class Damage
{
    public static void If([DoesNotReturnIf(true)] bool isDamaged)
    {
        if (isDamaged) throw new InvalidDataException();
    }
}
