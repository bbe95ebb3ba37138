using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace FlyTftp.Reactive.Tests.Architecture;

/// <summary>The metadata tokens in a method's code (ECMA-335 part III): opcodes are one or two bytes, and each says how long its operand is.</summary>
public static class IlTokens
{
    private static readonly Dictionary<ushort, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => unchecked((ushort)code.Value), code => code.OperandType);

    public static IReadOnlyList<EntityHandle> Of(BlobReader code)
    {
        var tokens = new List<EntityHandle>();
        while (code.RemainingBytes > 0)
        {
            ushort opcode = code.ReadByte();
            if (opcode == 0xFE) opcode = (ushort)(opcode << 8 | code.ReadByte());
            switch (Operands[opcode])
            {
                case OperandType.InlineNone: break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar: code.Offset += 1; break;
                case OperandType.InlineVar: code.Offset += 2; break;
                case OperandType.InlineI8 or OperandType.InlineR: code.Offset += 8; break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    tokens.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                default: code.Offset += 4; break;
            }
        }

        return tokens;
    }
}
