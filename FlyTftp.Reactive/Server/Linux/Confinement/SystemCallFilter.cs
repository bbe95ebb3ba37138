using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>
/// Turns rules into a classic BPF program over <c>struct seccomp_data</c> and installs it on all threads at once (seccomp(2)).
/// <code>
/// 0 number | 4 architecture | 8 instruction pointer | 16 first argument, low half | 20 high half | 24 second argument …
/// </code>
/// </summary>
internal static unsafe class SystemCallFilter
{
    private const ushort LoadWord = 0x20, And = 0x54, JumpIfEqual = 0x15, Return = 0x06;
    private const uint ActionAllow = 0x7FFF_0000, ActionFail = 0x0005_0000;
    private const int SetModeFilter = 1, SynchronizeThreads = 1;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, ArgumentsOffset = 16;

    /// <summary>One instruction, <c>struct sock_filter</c>.</summary>
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    public static IReadOnlyList<Instruction> Build(IEnumerable<SystemCallRule> rules, SystemCall missing, Architecture architecture)
    {
        var isArm = architecture == Architecture.Arm64;
        var program = new List<Instruction>
        {
            // A 32-bit call has other numbers: it must not be taken for one of ours. (x32's numbers have bit 30 set and match none.)
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpIfEqual, 1, 0, isArm ? 0xC000_00B7 : 0xC000_003E),
            new(Return, 0, 0, ActionFail | Errno.NotPermitted),
            new(LoadWord, 0, 0, NumberOffset),
        };
        foreach (var rule in rules)
        {
            var number = isArm ? rule.Call.Arm64 : rule.Call.X64;
            if (number < 0) continue;

            var verdict = Verdict(rule);
            program.Add(new(JumpIfEqual, 0, (byte)verdict.Count, (uint)number));
            program.AddRange(verdict);
        }

        program.Add(new(JumpIfEqual, 0, 1, (uint)(isArm ? missing.Arm64 : missing.X64)));
        program.Add(new(Return, 0, 0, ActionFail | Errno.NotImplemented));
        program.Add(new(Return, 0, 0, ActionFail | Errno.NotPermitted));
        return program;
    }

    public static SystemError? Install(IReadOnlyList<Instruction> program)
    {
        var instructions = program.ToArray();
        fixed (Instruction* first = instructions)
        {
            // struct sock_fprog: count (2 bytes, padded to 8), pointer.
            var header = stackalloc nint[2] { instructions.Length, (nint)first };
            var result = SystemCall.SecureComputing.Invoke(SetModeFilter, SynchronizeThreads, (nint)header);
            // Above 0 it is the id of a thread that has another filter already; nothing was installed then.
            return result > 0 ? new SystemError($"seccomp on thread {result}", Errno.NotPermitted) : SystemError.Of("seccomp", result);
        }
    }

    private static List<Instruction> Verdict(SystemCallRule rule)
    {
        if (rule.Argument < 0) return [new(Return, 0, 0, ActionAllow)];

        var verdict = new List<Instruction>
        {
            new(LoadWord, 0, 0, ArgumentsOffset + 8 * (uint)rule.Argument),
            new(And, 0, 0, rule.Mask),
        };
        for (var value = 0; value < rule.Values.Length; value++)
        {
            verdict.Add(new(JumpIfEqual, (byte)(rule.Values.Length - value), 0, rule.Values[value]));
        }

        verdict.Add(new(Return, 0, 0, ActionFail | Errno.NotPermitted));
        verdict.Add(new(Return, 0, 0, ActionAllow));
        return verdict;
    }
}
