namespace Prozchain.Sharding.State;

/// <summary>A page that a batch reaches: which of its writes, and what came of them.</summary>
internal unsafe struct PageTask
{
    /// <summary>The page; null once it is no more.</summary>
    public byte* Page;

    /// <summary>The writes, by number.</summary>
    public int Start, End;

    /// <summary>The page above, by task; negative at the root.</summary>
    public int Parent;

    /// <summary>Where in the page above.</summary>
    public int Nibble;

    /// <summary>Children whose hash may differ: bit i for reference i.</summary>
    public uint Dirty;

    /// <summary>Whether children that no write reaches are new here.</summary>
    public bool IsNew;

    /// <summary>Keys and bytes that came to it, or went.</summary>
    public int Count;
    public long Bytes;

    /// <summary>A task below whose page lives on, or 0.</summary>
    public int Child;
}

/// <summary>A bucket, or nothing, that a batch reaches.</summary>
internal readonly record struct BucketTask(uint Reference, int Start, int End, int Parent, int Nibble);
