using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>
/// Attention: for each query the scores q·k over the keys that it sees, their softmax with probability one Q
/// (<see cref="SoftmaxSpecification"/>), the sum of v weighted by it, rescaled. A unit is one head of keys and values of
/// one instance with all query heads that use it. With a cache the keys and values of this run first join those before:
/// token t at position P + t sees the positions up to its own.
/// </summary>
internal sealed class AttentionStep<TY> : Step where TY : unmanaged, IBinaryInteger<TY>
{
    private readonly Operand _q, _k, _v, _y;
    private readonly AttentionAttributes _attributes;
    private readonly Rescaling _rescaling;
    private readonly int _queries, _heads, _depth, _keys, _groups, _width, _capacity;

    public AttentionStep(IntegerNode node, Operand q, Operand k, Operand v, Operand y, int context) : base(node)
    {
        (_q, _k, _v, _y) = (q, k, v, y);
        _attributes = AttentionAttributes.Read(node.Attributes);
        _rescaling = Rescaling.Of(_attributes.Output);
        (_queries, _heads, _depth) = (q.Value.Shape[0], q.Value.Shape[1], q.Value.Shape[2]);
        (_keys, _groups, _width) = (k.Value.Shape[0], k.Value.Shape[1], v.Value.Shape[2]);
        _capacity = _attributes.Cached ? context : _keys;
    }

    public override int Units(int batch) => batch * _groups;

    // Queries of a head, keys and values of a head, scores and exponentials, probabilities, results, and what a product needs.
    public override int ScratchBytes(int maxBatch) => checked(
        Aligned(_queries * _depth) + Aligned(_capacity * _depth) + Aligned(_capacity * _width) + Aligned(_queries * _capacity * 4)
        + Aligned(_capacity * 4) + Aligned(_queries * _capacity * 2) + Aligned(_queries * _width * Marshal.SizeOf<TY>())
        + Enumerable.Range(1, _capacity).Max(keys => Math.Max(BatchProduct.ScratchBytes<sbyte, sbyte>(Scores(keys)), BatchProduct.ScratchBytes<short, sbyte>(Sums(keys)))));

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        Span<sbyte> queries = Take<sbyte>(ref scratch, _queries * _depth), keys = Take<sbyte>(ref scratch, _capacity * _depth), values = Take<sbyte>(ref scratch, _capacity * _width);
        Span<int> scores = Take<int>(ref scratch, _queries * _capacity), exponentials = Take<int>(ref scratch, _capacity);
        Span<short> shares = Take<short>(ref scratch, _queries * _capacity);
        Span<TY> results = Take<TY>(ref scratch, _queries * _width);
        for (int unit = first; unit < first + count; unit++)
        {
            (int instance, int group) = Math.DivRem(unit, _groups);
            int position = 0;
            if (_attributes.Cached)
            {
                InferenceState state = frame.States[instance]!;
                position = state.Position;
                keys = state.Keys(Node.Index).Slice(group * _capacity * _depth, _capacity * _depth);
                values = state.Values(Node.Index).Slice(group * _capacity * _width, _capacity * _width);
            }
            Split(_k.Of<sbyte>(instance), _groups, group, _depth, keys[(position * _depth)..]);
            Split(_v.Of<sbyte>(instance), _groups, group, _width, values[(position * _width)..]);
            int seen = position + _keys;
            for (int head = group * (_heads / _groups); head < (group + 1) * (_heads / _groups); head++)
            {
                Split(_q.Of<sbyte>(instance), _heads, head, _depth, queries);
                BatchProduct.Run<sbyte, sbyte, int>(
                    queries, keys[..(seen * _depth)], Scores(seen), Rescaling.None.Kernel, scores[..(_queries * seen)], 0, BatchProduct.Units<sbyte, sbyte>(Scores(seen)), scratch);
                for (int t = 0; t < _queries; t++)
                {
                    int visible = _attributes.Causal ? position + t + 1 : seen;
                    Span<short> row = shares.Slice(t * seen, seen);
                    SoftmaxSpecification.Row<int, short>(scores.Slice(t * seen, visible), _attributes.Scores, 0, 0, short.MaxValue, exponentials, row[..visible]);
                    row[visible..].Clear();
                }
                BatchProduct.Run<short, sbyte, TY>(
                    shares[..(_queries * seen)], values[..(seen * _width)], Sums(seen), _rescaling.Kernel, results, 0, BatchProduct.Units<short, sbyte>(Sums(seen)), scratch);
                Span<TY> y = _y.Of<TY>(instance);
                for (int t = 0; t < _queries; t++) results.Slice(t * _width, _width).CopyTo(y[((t * _heads + head) * _width)..]);
            }
        }
    }

    private ProductShape Scores(int keys) => new(1, _queries, _depth, keys, true);

    private ProductShape Sums(int keys) => new(1, _queries, keys, _width, false);

    private static void Split(ReadOnlySpan<sbyte> tokens, int heads, int head, int width, Span<sbyte> to)
    {
        for (int from = head * width, at = 0; from < tokens.Length; from += heads * width, at += width) tokens.Slice(from, width).CopyTo(to[at..]);
    }

    private static int Aligned(int bytes) => (bytes + 63) & ~63;

    private static Span<T> Take<T>(ref Span<byte> scratch, int elements) where T : unmanaged
    {
        int bytes = elements * Marshal.SizeOf<T>();
        Span<T> taken = MemoryMarshal.Cast<byte, T>(scratch[..bytes]);
        scratch = scratch[Aligned(bytes)..];
        return taken;
    }
}
