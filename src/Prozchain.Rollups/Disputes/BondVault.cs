namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Keeps the bonds of disputes. What a dispute awards is first unlocked, and can be withdrawn only after a delay, so that a
/// guardian has time to freeze it; a freeze expires by itself. Amounts are wei; held, unlocked, withdrawn and burned always add up.
/// </summary>
/// <remarks>
/// Storage: <c>mapping(address => (uint128 amount, uint64 since))</c>, <c>uint128 locked</c>, <c>uint128 burned</c>,
/// <c>uint64 frozenUntil</c>, <c>uint64 mayFreezeFrom</c>.
/// </remarks>
public sealed class BondVault
{
    private readonly Dictionary<L1Address, (UInt128 Amount, ulong Since)> _unlocked = [];

    /// <summary>An empty vault.</summary>
    /// <param name="delaySeconds">From the last award of an account to its withdrawal.</param>
    /// <param name="longestFreezeSeconds">How long a freeze lasts at most; after it, none may start for as long again.</param>
    public BondVault(ulong delaySeconds, ulong longestFreezeSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delaySeconds, (ulong)uint.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(longestFreezeSeconds, (ulong)uint.MaxValue);
        (DelaySeconds, LongestFreezeSeconds) = (delaySeconds, longestFreezeSeconds);
    }

    /// <summary>From the last award of an account to its withdrawal, in seconds.</summary>
    public ulong DelaySeconds { get; }

    /// <summary>How long a freeze lasts at most, in seconds.</summary>
    public ulong LongestFreezeSeconds { get; }

    /// <summary>At stake in disputes that have not ended, or awarded and not yet collected.</summary>
    public UInt128 Locked { get; private set; }

    /// <summary>Awarded and waiting out the delay.</summary>
    public UInt128 Unlocked { get; private set; }

    /// <summary>Lost for everybody.</summary>
    public UInt128 Burned { get; private set; }

    /// <summary>Paid out.</summary>
    public UInt128 Withdrawn { get; private set; }

    /// <summary>Until when nothing can be withdrawn, exclusive.</summary>
    public ulong FrozenUntil { get; private set; }

    /// <summary>What an account waits for, and since when.</summary>
    public (UInt128 Amount, ulong Since) this[in L1Address account] => _unlocked.GetValueOrDefault(account);

    /// <summary>Pays out all that an account was awarded, once its delay has passed. 0 if it has to wait or has nothing.</summary>
    public UInt128 Withdraw(in L1Address account, ulong now)
    {
        if (now < FrozenUntil || !_unlocked.TryGetValue(account, out (UInt128 Amount, ulong Since) entry) || now < entry.Since + DelaySeconds) return 0;
        _unlocked.Remove(account);
        Unlocked -= entry.Amount;
        Withdrawn += entry.Amount;
        return entry.Amount;
    }

    /// <summary>Stops withdrawals for the longest time allowed. The caller has checked who asks. False while the pause after the last freeze lasts.</summary>
    public bool TryFreeze(ulong now)
    {
        if (now < FrozenUntil + (FrozenUntil == 0 ? 0 : LongestFreezeSeconds)) return false;
        FrozenUntil = now + LongestFreezeSeconds;
        return true;
    }

    internal void Lock(UInt128 amount) => Locked = checked(Locked + amount);

    internal void Unlock(in L1Address account, UInt128 amount, ulong now)
    {
        if (amount == 0) return;
        Locked = checked(Locked - amount);
        Unlocked += amount;
        _unlocked[account] = (this[account].Amount + amount, now);
    }

    internal void Burn(UInt128 amount)
    {
        Locked = checked(Locked - amount);
        Burned += amount;
    }
}
