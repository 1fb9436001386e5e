namespace Prozchain.Sharding.Ports;

/// <summary>Vouches for stake that was locked outside the beacon: in an account of a shard, in a contract of another chain.</summary>
/// <remarks>
/// <para>An implementer owes:</para>
/// <list type="bullet">
/// <item>under each index, counted from 0 without gaps, at most one deposit for ever, and the same answer on every node:
/// a deposit is named only once it is final where it was made;</item>
/// <item>the amount was really locked, in the beacon's unit of stake, and stays so until a withdrawal receipt of a
/// certified beacon block pays it out: each receipt is paid once, by its index, to its address;</item>
/// <item>what the beacon slashes has no receipt, ever: the host burns it or keeps it locked.</item>
/// </list>
/// </remarks>
public interface IDepositSource
{
    /// <summary>True if the deposit with this index is final and has exactly these bytes.</summary>
    /// <param name="index">The deposit's number.</param>
    /// <param name="deposit">Its wire form.</param>
    bool Holds(ulong index, ReadOnlySpan<byte> deposit);
}
