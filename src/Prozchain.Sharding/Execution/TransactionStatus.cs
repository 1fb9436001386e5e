namespace Prozchain.Sharding.Execution;

/// <summary>
/// What became of a transaction of a block: one byte. 1 is <see cref="Applied"/>, 2 to 239 are the transition's reasons,
/// from 240 on the executor's.
/// </summary>
public static class TransactionStatus
{
    /// <summary>It did what it says.</summary>
    public const byte Applied = 1;

    /// <summary>The first status that only the executor gives.</summary>
    public const byte FirstReserved = 240;

    /// <summary>The transition gave a status that is not its to give.</summary>
    public const byte InvalidStatus = 240;

    /// <summary>It spent more than its gas limit.</summary>
    public const byte OutOfGas = 241;

    /// <summary>It touched a cell that it had not declared, wrote one declared as read, or touched one of another shard.</summary>
    public const byte ForbiddenCell = 242;

    /// <summary>It wrote a value of more than 4,096 bytes.</summary>
    public const byte ValueTooLarge = 243;

    /// <summary>It sent too many receipts, too large ones, or one to its own shard.</summary>
    public const byte BadReceipt = 244;

    /// <summary>It touched more cells than a transaction may.</summary>
    public const byte TooManyCells = 245;

    /// <summary>It touched a cell that an open atomic transaction has claimed. Nothing changed.</summary>
    public const byte ClaimedCell = 246;
}
