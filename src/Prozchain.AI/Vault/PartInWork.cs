using Prozchain.AI.Codec;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>A part while it is stored. Its stripes may be done in any order.</summary>
internal sealed class PartInWork(long offset, TensorType type)
{
    private readonly List<StoredStripe?> _stripes = [];

    public long Offset => offset;

    public TensorType Type => type;

    public long Length { get; set; }

    public ITensorCodec Codec { get; set; } = TensorCodecs.Raw;

    /// <summary>The tensor that it may be coded against; null for none.</summary>
    public BaseTensor? Base { get; set; }

    /// <summary>The codec for that.</summary>
    public PlaneCodec? Delta { get; set; }

    /// <summary>Its stripes in order, once all are done.</summary>
    public StoredStripe[] Stripes => [.. _stripes.Select(s => s!)];

    /// <summary>Makes room for the next stripe, which may be set after later ones; its index.</summary>
    public int Add()
    {
        lock (_stripes) _stripes.Add(null);
        return _stripes.Count - 1;
    }

    public void Set(int index, StoredStripe stripe)
    {
        // One worker adds while another sets.
        lock (_stripes) _stripes[index] = stripe;
    }
}
