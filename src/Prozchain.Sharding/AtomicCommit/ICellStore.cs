namespace Prozchain.Sharding.AtomicCommit;

/// <summary>The cells of one shard's state.</summary>
public interface ICellStore
{
    /// <summary>Looks a cell up; an absent cell is not an empty one.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="value">Its value, when the result is true; valid until the next write.</param>
    bool TryRead(in Digest key, out ReadOnlySpan<byte> value);

    /// <summary>Writes a cell.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="value">Its value, copied.</param>
    void Write(in Digest key, ReadOnlySpan<byte> value);

    /// <summary>Makes a cell absent.</summary>
    /// <param name="key">The cell.</param>
    void Erase(in Digest key);
}
