using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>Why a system call failed.</summary>
internal readonly record struct SystemError(string Call, int Number)
{
    private const int NotPermitted = 1, InvalidArgument = 22, NotImplemented = 38, NotSupported = 95;

    /// <summary>The kernel lacks it or the process may not, in contrast to something that went wrong.</summary>
    public bool IsRefusal => Number is NotPermitted or InvalidArgument or NotImplemented or NotSupported;

    /// <summary>Of the latest call on this thread; <c>null</c> if its result says that it worked.</summary>
    public static SystemError? Of(string call, nint result) => result >= 0 ? null : new(call, Marshal.GetLastPInvokeError());

    public override string ToString() => $"{Call}: {Marshal.GetPInvokeErrorMessage(Number)}";
}
