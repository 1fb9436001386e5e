using Prozchain.Sharding.State;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>Random batches over keys of every kind of likeness: spread, clustered, and equal but for their last bits.</summary>
internal sealed class StateCases(int seed)
{
    private readonly List<Digest> _keys = [];

    public SeededRandom Random { get; } = new((ulong)seed);

    /// <summary>What the batches so far leave behind.</summary>
    public SortedDictionary<Digest, byte[]> Content { get; } = [];

    public Digest Key(in Digest prefix = default, int rootDepth = 0)
    {
        byte[] key = new byte[32];
        Random.NextBytes(key);
        switch (Random.Next(5))
        {
            // Two hundred bits in common, or all but the last few, with one that is there.
            case 0: key.AsSpan(0, 25).Fill(0x5A); break;
            case 1 when _keys.Count > 0:
                _keys[Random.Next(_keys.Count)].Span[..31].CopyTo(key);
                break;
            case 2 when _keys.Count > 0:
                _keys[Random.Next(_keys.Count)].Span[..Random.Next(31)].CopyTo(key);
                break;
        }
        for (int bit = 0; bit < rootDepth; bit++)
        {
            byte mask = (byte)(0x80 >> (bit & 7));
            key[bit >> 3] = (byte)(prefix.Bytes.Bit(bit) == 1 ? key[bit >> 3] | mask : key[bit >> 3] & ~mask);
        }
        var digest = new Digest(key);
        _keys.Add(digest);
        return digest;
    }

    public byte[] Value()
    {
        int length = Random.Next(12) switch { 0 => 0, 1 => Random.Next(4097), 2 => Random.Next(300), 3 => 64, 4 => 65, _ => Random.Next(40) };
        var value = new byte[length];
        Random.NextBytes(value);
        return value;
    }

    public StateWrite[] Batch(int size, in Digest prefix = default, int rootDepth = 0, int deletesIn10 = 3)
    {
        var writes = new Dictionary<Digest, StateWrite>();
        for (int i = 0; i < size; i++)
        {
            Digest key = _keys.Count > 0 && Random.Next(2) == 0 ? _keys[Random.Next(_keys.Count)] : Key(prefix, rootDepth);
            writes[key] = Random.Next(10) < deletesIn10 ? StateWrite.Delete(key) : new StateWrite(key, Value());
        }
        StateWrite[] batch = [.. writes.Values];
        Random.Shuffle(batch);
        return batch;
    }

    /// <summary>The batch counts as done.</summary>
    public void Done(StateWrite[] batch)
    {
        foreach (StateWrite write in batch)
            if (write.IsDelete) Content.Remove(write.Key);
            else Content[write.Key] = write.Value.ToArray();
    }
}
