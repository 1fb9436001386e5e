namespace Prozchain.Sharding.State;

/// <summary>One update of an authenticated store: the value that a key holds from now on, or that it holds none.</summary>
/// <param name="Key">The 256-bit key.</param>
/// <param name="Value">
/// The value, 0 to <see cref="MaxValueBytes"/> bytes; it must not change until the batch is committed or replaced, and
/// for a store that keeps it (<see cref="TrieStore"/>) never.
/// </param>
public readonly record struct StateWrite(Digest Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>The longest value: 4,096 bytes.</summary>
    public const int MaxValueBytes = 4096;

    /// <summary>True if the key is to hold nothing; the value is then ignored. Deleting what is not there does nothing.</summary>
    public bool IsDelete { get; init; }

    /// <summary>The write after which a key holds nothing.</summary>
    /// <param name="key">The 256-bit key.</param>
    public static StateWrite Delete(Digest key) => new(key, default) { IsDelete = true };
}
