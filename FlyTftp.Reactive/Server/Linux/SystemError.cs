using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>Why a system call failed.</summary>
internal readonly record struct SystemError(string Call, int Number)
{
    /// <summary>The kernel lacks it or the process may not, in contrast to something that went wrong.</summary>
    public bool IsRefusal => Number is Errno.NotPermitted or Errno.Invalid or Errno.NotImplemented or Errno.NotSupported;

    /// <summary>Of the latest call on this thread; <c>null</c> if its result says that it worked.</summary>
    public static SystemError? Of(string call, nint result) => result >= 0 ? null : new(call, Marshal.GetLastPInvokeError());

    public override string ToString() => $"{Call}: {Marshal.GetPInvokeErrorMessage(Number)}";
}
