namespace Prozchain.Sharding.Beacon;

/// <summary>Where all stake that ever came in is now. Exact: <see cref="IsBalanced"/> holds after every block.</summary>
/// <param name="Deposited">All that came in, genesis included.</param>
/// <param name="Active">Stake of validators that wait for duty or are on it.</param>
/// <param name="Exiting">Stake of those whose duty has an end, until it is withdrawn.</param>
/// <param name="Slashed">What penalties took; no receipt lets it out.</param>
/// <param name="Withdrawn">What withdrawal receipts let out, refunds and reporters' shares included.</param>
public readonly record struct StakeLedger(UInt128 Deposited, UInt128 Active, UInt128 Exiting, UInt128 Slashed, UInt128 Withdrawn)
{
    /// <summary>True if nothing appeared and nothing vanished.</summary>
    public bool IsBalanced => Active + Exiting + Slashed + Withdrawn == Deposited;
}
