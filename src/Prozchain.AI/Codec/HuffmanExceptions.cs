namespace Prozchain.AI.Codec;

/// <summary>Bytes of a plane without a code, as an encoder meets them.</summary>
internal unsafe struct HuffmanExceptions
{
    /// <summary>The plane's first byte.</summary>
    public byte* Plane;

    /// <summary>Receives places in the plane, times 256, plus the bytes there.</summary>
    public uint* List;

    /// <summary>How many the list has room for.</summary>
    public int Room;

    /// <summary>How many there are; those beyond the room are not in the list.</summary>
    public int Count;

    public void Add(byte* at)
    {
        if (Count < Room) List[Count] = (uint)(at - Plane) << 8 | *at;
        Count++;
    }
}
