namespace Prozchain.Sharding.Execution;

/// <summary>The declared cells of many transactions, one after the other. Grows, and is used again.</summary>
internal sealed class AccessList
{
    public Digest[] Keys = new Digest[64];
    public bool[] Written = new bool[64];

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public void Add(in Digest key, bool written)
    {
        if (Count == Keys.Length)
        {
            Array.Resize(ref Keys, 2 * Count);
            Array.Resize(ref Written, 2 * Count);
        }
        Keys[Count] = key;
        Written[Count++] = written;
    }
}
