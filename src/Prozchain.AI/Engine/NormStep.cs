using System.Numerics;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Engine;

/// <summary>Normalisations over rows.</summary>
internal sealed class NormStep<TX, TY> : Step
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private readonly Operand _x, _y;
    private readonly NormSpecification _norm;
    private readonly int[] _gamma, _beta;
    private readonly int _row, _rows;

    public NormStep(IntegerNode node, Operand x, Operand y) : base(node)
    {
        (_x, _y, _norm) = (x, y, NormSpecification.Of(node));
        _gamma = Widen(node.Inputs[1].Constant!);
        _beta = node.Inputs.Length == 3 ? Widen(node.Inputs[2].Constant!) : [];
        _row = x.Value.Last;
        _rows = x.Elements / _row;
    }

    public override int Units(int batch) => batch * _rows;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        for (int row = first; row < first + count; row++)
        {
            (int instance, int at) = Math.DivRem(row, _rows);
            _norm.Row<TX, TY>(_x.Of<TX>(instance).Slice(at * _row, _row), _gamma, _beta, _y.Of<TY>(instance).Slice(at * _row, _row));
        }
    }

    private static int[] Widen(GraphConstant constant)
    {
        ReadOnlySpan<byte> bytes = constant.Bytes.Span;
        var wide = new int[constant.Value.Elements];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = constant.Value.Type switch
            {
                ElementType.I8 => (sbyte)bytes[i],
                ElementType.I16 => MemoryMarshal.Cast<byte, short>(bytes)[i],
                _ => MemoryMarshal.Cast<byte, int>(bytes)[i],
            };
        }
        return wide;
    }
}
