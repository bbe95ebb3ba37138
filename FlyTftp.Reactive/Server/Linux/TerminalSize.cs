namespace FlyTftp.Reactive.Server.Linux;

/// <summary>The size of the terminal that standard output is. Asked of the kernel: the framework's console changes the terminal's settings first.</summary>
internal static unsafe class TerminalSize
{
    private const int StandardOutput = 1, GetWindowSize = 0x5413;

    /// <returns>Columns and rows; <c>null</c> where it is no terminal, or does not know.</returns>
    public static (int Width, int Height)? Read()
    {
        // struct winsize: rows, columns, and two that nobody fills in.
        var size = stackalloc ushort[4];
        return SystemCall.Control.Invoke(StandardOutput, GetWindowSize, (nint)size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : null;
    }
}
