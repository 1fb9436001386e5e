using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>A border around a value.</summary>
internal sealed class PadStep<T> : Step where T : unmanaged, IBinaryInteger<T>
{
    private readonly Operand _x, _y;
    private readonly T _value;
    private readonly int[] _shape, _strides;
    private readonly int _offset, _row;

    public PadStep(IntegerNode node, Operand x, Operand y) : base(node)
    {
        (_x, _y) = (x, y);
        _value = T.CreateTruncating(node.Attributes[^1]);
        _strides = StridedView.Contiguous(y.Value.Shape);
        _shape = x.Value.ShapeArray;
        for (int i = 0; i < _strides.Length; i++) _offset += (int)node.Attributes[2 * i] * _strides[i];
        _row = x.Value.Last;
    }

    public override int Units(int batch) => batch;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        Span<int> index = stackalloc int[GraphLimits.MaxRank];
        for (int instance = first; instance < first + count; instance++)
        {
            Span<T> to = _y.Of<T>(instance);
            to.Fill(_value);
            index.Clear();
            int at = _offset;
            for (ReadOnlySpan<T> rest = _x.Of<T>(instance); !rest.IsEmpty; rest = rest[_row..])
            {
                rest[.._row].CopyTo(to[at..]);
                for (int i = _shape.Length - 2; i >= 0; i--)
                {
                    at += _strides[i];
                    if (++index[i] < _shape[i]) break;
                    at -= _shape[i] * _strides[i];
                    index[i] = 0;
                }
            }
        }
    }
}
