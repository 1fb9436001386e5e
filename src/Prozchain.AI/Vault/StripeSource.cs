using Prozchain.AI.Codec;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>Gives a source stripe by stripe, cut into parts as planned; what is not planned for is cut by content. One caller at a time.</summary>
internal sealed class StripeSource(StoreInput input, ModelVaultOptions options, DeltaStore? deltas)
{
    private readonly List<PlannedPart> _plan = input.Tensors.Count == 0
        ? [] : PartPlanner.Plan(input.Tensors, input.Length!.Value, options.LeafSize, options.DataPieces);
    private OpaqueParts? _opaque;
    private int _next, _stripes;
    private bool _ended;

    public List<PartInWork> Parts { get; } = [];

    public long Read { get; private set; }

    /// <summary>A bound on the stripes to come.</summary>
    public long MostStripes => input.Source.Length is { } length ? _plan.Count + 1 + length / ((long)options.LeafSize * options.DataPieces) : long.MaxValue;

    public async ValueTask<ReadStripe?> NextAsync(StripeSlot slot, CancellationToken cancellationToken)
    {
        if (_ended) return null;
        PartInWork? part = Parts.Count > 0 ? Parts[^1] : null;
        long left = part is not null && _next > 0 ? _plan[_next - 1].Offset + _plan[_next - 1].Length - Read : 0;
        bool first = left <= 0;
        TensorInfo? tensor = null;
        if (first && _next < _plan.Count)
        {
            part = new PartInWork(Read, _plan[_next].Type);
            (left, tensor) = (_plan[_next].Length, _plan[_next++].Tensor);
        }
        else if (first)
        {
            part = new PartInWork(Read, TensorType.U8);
            if (OpaqueParts.Fit(options.LeafSize * options.DataPieces)) _opaque ??= new OpaqueParts(input.Source);
            left = (long)options.LeafSize * options.DataPieces;
        }
        int wanted = (int)Math.Min(left, (long)options.LeafSize * options.DataPieces), length;
        if (_opaque is not null)
        {
            (length, _ended) = await _opaque.ReadAsync(Read, slot.Work.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            length = await input.Source.FillAsync(Read, slot.Work.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
            _ended = length < wanted;
        }
        if (length == 0) return null;
        if (_stripes++ == PartLayout.MaxStripes) throw new ArgumentException($"Expected at most {PartLayout.MaxStripes} stripes at this leaf size, got more.");
        if (first)
        {
            int sample = Math.Min(length, PartLayout.LeafLengthOf(length, options.DataPieces));
            part!.Codec = TensorCodecs.Choose(slot.Work.AsSpan(0, sample), part.Type, default);
            if (tensor is not null && deltas is not null) await deltas.ChooseAsync(part, tensor, slot.Work.AsMemory(0, sample), cancellationToken).ConfigureAwait(false);
            Parts.Add(part);
        }
        part!.Length += length;
        var read = new ReadStripe(part, part.Add(), _stripes - 1, Read, length);
        Read += length;
        return read;
    }
}
