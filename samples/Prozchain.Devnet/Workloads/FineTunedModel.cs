using System.Buffers.Binary;
using Prozchain.AI.Formats;

namespace Prozchain.Devnet.Workloads;

/// <summary>
/// A model as it might be after some more training: the same file, but that the last bit of every fourth weight of F16, BF16 and F32, or
/// so, is another one. Made while it is read; the same seed gives the same bytes.
/// </summary>
internal sealed class FineTunedModel : IModelReader
{
    private readonly IModelReader _origin;
    private readonly TensorInfo[] _tuned;
    private readonly ulong _seed;

    /// <param name="origin">Is disposed with this.</param>
    /// <param name="seed">Of which weights are others.</param>
    public FineTunedModel(IModelReader origin, ulong seed)
    {
        (_origin, _seed) = (origin, seed);
        _tuned = [.. origin.Tensors.Where(IsTuned).OrderBy(t => t.Offset)];
    }

    public ModelFormat Format => _origin.Format;

    public long Length => _origin.Length;

    public IReadOnlyList<TensorInfo> Tensors => _origin.Tensors;

    /// <summary>Whether a model has weights that can be trained further.</summary>
    public static bool CanTune(IModelReader origin) => origin.Tensors.Any(IsTuned);

    public TensorInfo? Find(string name) => _origin.Find(name);

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        int count = await _origin.ReadAsync(offset, destination, cancellationToken).ConfigureAwait(false);
        Tune(offset, destination.Span[..count]);
        return count;
    }

    public void Dispose() => _origin.Dispose();

    private static bool IsTuned(TensorInfo tensor) => tensor is { Length: > 0, Type: TensorType.F16 or TensorType.BF16 or TensorType.F32 };

    private void Tune(long offset, Span<byte> bytes)
    {
        int low = 0, high = _tuned.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_tuned[middle].Offset + _tuned[middle].Length <= offset) low = middle + 1;
            else high = middle;
        }
        for (int i = low; i < _tuned.Length && _tuned[i].Offset < offset + bytes.Length; i++)
        {
            TensorInfo tensor = _tuned[i];
            long first = Math.Max(tensor.Offset, offset), end = Math.Min(tensor.Offset + tensor.Length, offset + bytes.Length);
            Tune(tensor, first - tensor.Offset, bytes[(int)(first - offset)..(int)(end - offset)]);
        }
    }

    // Eight bytes of the tensor at a time, fewer at the edges of what was read.
    private void Tune(TensorInfo tensor, long at, Span<byte> bytes)
    {
        ulong lanes = tensor.Type == TensorType.F32 ? 0x0000_0001_0000_0001UL : 0x0001_0001_0001_0001UL;
        Span<byte> edge = stackalloc byte[sizeof(ulong)];
        while (!bytes.IsEmpty)
        {
            ulong draw = new SplitMix64(_seed ^ (ulong)(tensor.Offset + at / sizeof(ulong))).Next(), flips = draw & (draw >> 8) & lanes;
            int skip = (int)(at % sizeof(ulong)), count = Math.Min(sizeof(ulong) - skip, bytes.Length);
            if (count == sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ flips);
            }
            else
            {
                BinaryPrimitives.WriteUInt64LittleEndian(edge, flips);
                for (int i = 0; i < count; i++) bytes[i] ^= edge[skip + i];
            }
            bytes = bytes[count..];
            at += count;
        }
    }
}
