using Prozchain.AI.Codec;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>A part while it is stored. Its stripes may be done in any order.</summary>
internal sealed class PartInWork(long offset, TensorType type)
{
    public long Offset => offset;

    public TensorType Type => type;

    public long Length { get; set; }

    public ITensorCodec Codec { get; set; } = TensorCodecs.Raw;

    public List<StoredStripe?> Stripes { get; } = [];
}
