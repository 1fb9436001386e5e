using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>
/// Rotary position embedding: with c and s of the token's position, the pair (a, b) becomes
/// clamp(floor((a·c - b·s + 2^(q-1)) / 2^q), lo, hi) and clamp(floor((a·s + b·c + 2^(q-1)) / 2^q), lo, hi). Pair j is
/// elements j and j + angles, or 2j and 2j + 1 where interleaved; what has no angle is only clamped. A unit is a row.
/// </summary>
internal sealed class RotaryStep<T> : Step where T : unmanaged, IBinaryInteger<T>
{
    private readonly Operand _x, _cosine, _sine, _positions, _y;
    private readonly int _angles, _row, _rows, _tokens, _inner, _shift, _low, _high;
    private readonly bool _interleaved;

    public RotaryStep(IntegerNode node, Operand x, Operand cosine, Operand sine, Operand positions, Operand y) : base(node)
    {
        (_x, _cosine, _sine, _positions, _y) = (x, cosine, sine, positions, y);
        ReadOnlySpan<long> a = node.Attributes;
        (_interleaved, _shift, _low, _high) = (a[1] == 1, (int)a[2], (int)a[3], (int)a[4]);
        _angles = cosine.Value.Shape[1];
        _row = x.Value.Last;
        _rows = x.Elements / _row;
        _tokens = x.Value.Shape[(int)a[0]];
        _inner = GraphLimits.Product(x.Value.Shape[((int)a[0] + 1)..^1]);
    }

    public override int Units(int batch) => batch * _rows;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        for (int row = first; row < first + count; row++)
        {
            (int instance, int at) = Math.DivRem(row, _rows);
            int position = _positions.Of<int>(instance)[at / _inner % _tokens];
            ReadOnlySpan<short> cosine = _cosine.All<short>(1).Slice(position * _angles, _angles), sine = _sine.All<short>(1).Slice(position * _angles, _angles);
            Rotate(_x.Of<T>(instance).Slice(at * _row, _row), cosine, sine, _y.Of<T>(instance).Slice(at * _row, _row));
        }
    }

    private void Rotate(ReadOnlySpan<T> x, ReadOnlySpan<short> cosine, ReadOnlySpan<short> sine, Span<T> y)
    {
        for (int j = 0; j < _angles; j++)
        {
            int left = _interleaved ? 2 * j : j, right = _interleaved ? left + 1 : left + _angles;
            long a = long.CreateTruncating(x[left]), b = long.CreateTruncating(x[right]);
            y[left] = Round(a * cosine[j] - b * sine[j]);
            y[right] = Round(a * sine[j] + b * cosine[j]);
        }
        for (int i = 2 * _angles; i < x.Length; i++) y[i] = T.CreateTruncating(Math.Clamp(long.CreateTruncating(x[i]), _low, _high));
    }

    private T Round(long sum) => T.CreateTruncating(Math.Clamp((sum + (1L << (_shift - 1))) >> _shift, _low, _high));
}
