namespace Prozchain.AI.Engine;

/// <summary>
/// How a copy of some shape reads its source: axis i moves by strides[i] elements, which may be 0 or negative. Neighbouring
/// axes that move as one are one; the last axis is a row.
/// </summary>
internal sealed class StridedView
{
    private readonly int[] _shape;
    private readonly int[] _strides;
    private readonly int _offset;

    public StridedView(ReadOnlySpan<int> shape, ReadOnlySpan<int> strides, int offset)
    {
        var lengths = new List<int>();
        var steps = new List<int>();
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 1) continue;
            if (lengths.Count > 0 && steps[^1] == (long)strides[i] * shape[i]) (lengths[^1], steps[^1]) = (lengths[^1] * shape[i], strides[i]);
            else
            {
                lengths.Add(shape[i]);
                steps.Add(strides[i]);
            }
        }
        if (lengths.Count == 0)
        {
            lengths.Add(1);
            steps.Add(1);
        }
        (_shape, _strides, _offset) = ([.. lengths], [.. steps], offset);
        Row = _shape[^1];
        Rows = GraphLimits.Product(_shape.AsSpan()[..^1]);
    }

    /// <summary>Elements of a row.</summary>
    public int Row { get; }

    public int Rows { get; }

    public static int[] Contiguous(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        for (int i = shape.Length - 1, stride = 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }

    /// <summary>How x is read to fill a shape that it broadcasts to.</summary>
    public static StridedView Broadcast(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        int[] own = Contiguous(from), strides = new int[to.Length];
        for (int i = 0; i < from.Length; i++) strides[to.Length - from.Length + i] = from[i] == 1 ? 0 : own[i];
        return new StridedView(to, strides, 0);
    }

    /// <summary>Copies some of the rows; both spans are those of the whole.</summary>
    public void Copy<T>(ReadOnlySpan<T> source, Span<T> destination, int first, int count) where T : unmanaged
    {
        int outer = _shape.Length - 1, step = _strides[^1];
        Span<int> index = stackalloc int[Math.Max(outer, 1)];
        int at = _offset;
        for (int i = outer - 1, rest = first; i >= 0; i--)
        {
            (rest, index[i]) = Math.DivRem(rest, _shape[i]);
            at += index[i] * _strides[i];
        }
        Span<T> to = destination[(first * Row)..];
        for (int row = 0; row < count; row++, to = to[Row..])
        {
            if (step == 1) source.Slice(at, Row).CopyTo(to);
            else if (step == 0) to[..Row].Fill(source[at]);
            else for (int i = 0, j = at; i < Row; i++, j += step) to[i] = source[j];
            for (int i = outer - 1; i >= 0; i--)
            {
                at += _strides[i];
                if (++index[i] < _shape[i]) break;
                at -= _shape[i] * _strides[i];
                index[i] = 0;
            }
        }
    }
}
