namespace Prozchain.Sharding.Execution;

/// <summary>A cell that a block touches: where its value lies in the arena, and what it was before the block.</summary>
internal struct Cell
{
    public Digest Key;
    public int Chunk, Offset, Capacity;

    /// <summary>Length of the value; -1 if absent, or removed by this block.</summary>
    public int Length;

    /// <summary>Length of the value before the block; -1 if absent.</summary>
    public int BaseLength;

    /// <summary>0 while as in the store; else the number of the last item that wrote it: 1 for credits, i + 2 for transaction i.</summary>
    public int Version;

    /// <summary>True if some transaction declares to write it.</summary>
    public bool HasWriter;
}
