namespace Prozchain.Rollups.Settlement;

/// <summary>How certain a block of the settlement layer is.</summary>
public enum ChainFinality : byte
{
    /// <summary>The newest block; may well change.</summary>
    Latest,

    /// <summary>Unlikely to change.</summary>
    Safe,

    /// <summary>Never changes.</summary>
    Finalized,
}

/// <summary>A block of the settlement layer.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">The hash of the block below.</param>
/// <param name="TimestampSeconds">When it was made, seconds since 1970; never less than the parent's.</param>
public readonly record struct ChainBlock(ulong Number, Digest32 Hash, Digest32 ParentHash, ulong TimestampSeconds);

/// <summary>A call of a contract.</summary>
/// <param name="To">The contract; zero to create one: then the input is what creates it.</param>
/// <param name="Input">Selector and arguments in Solidity's ABI.</param>
/// <param name="Value">What is paid with it, in the layer's smallest unit.</param>
/// <param name="GasLimit">What it may use; 0 for what the implementer finds enough.</param>
public readonly record struct ChainCall(L1Address To, ReadOnlyMemory<byte> Input, UInt128 Value = default, ulong GasLimit = 0)
{
    /// <summary>Blobs of 131,072 bytes that travel with it, at most six; null for none.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Blobs { get; init; }
}

/// <summary>What a call gave.</summary>
/// <param name="IsOk">False if it was reverted.</param>
/// <param name="Output">The answer, or the error, in Solidity's ABI.</param>
public readonly record struct ChainAnswer(bool IsOk, ReadOnlyMemory<byte> Output);

/// <summary>How a call that was sent ended.</summary>
/// <param name="IsOk">False if it was reverted: it is in a block and did nothing.</param>
/// <param name="Block">The number of its block.</param>
/// <param name="Transaction">The hash of its transaction.</param>
/// <param name="GasUsed">What it used; 0 where the layer meters nothing.</param>
/// <param name="Created">The contract that it created; zero for none.</param>
public readonly record struct ChainReceipt(bool IsOk, ulong Block, Digest32 Transaction, ulong GasUsed, L1Address Created = default);

/// <summary>What a contract logged.</summary>
/// <param name="Block">The number of its block.</param>
/// <param name="Index">Its place among all logs of the block.</param>
/// <param name="Contract">The contract.</param>
/// <param name="Topics">Up to four topics of 32 bytes, one after the other.</param>
/// <param name="Data">The rest, in Solidity's ABI.</param>
/// <param name="Transaction">The hash of the transaction.</param>
/// <param name="Input">What that transaction called its contract with: data of a batch that is in calldata.</param>
public readonly record struct ChainLog(ulong Block, uint Index, L1Address Contract, ReadOnlyMemory<byte> Topics, ReadOnlyMemory<byte> Data, Digest32 Transaction, ReadOnlyMemory<byte> Input)
{
    internal Digest32[] TopicList()
    {
        var topics = new Digest32[Topics.Length / Digest32.Size];
        for (int i = 0; i < topics.Length; i++) topics[i] = new Digest32(Topics.Span.Slice(i * Digest32.Size, Digest32.Size));
        return topics;
    }
}
