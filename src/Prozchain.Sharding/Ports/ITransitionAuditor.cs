namespace Prozchain.Sharding.Ports;

/// <summary>Executes a block of a shard again from a witness, to judge what its committee signed.</summary>
/// <remarks>
/// An implementer owes: true only if the witness proves that what the digest commits to is not what execution gives; a
/// witness that is broken, incomplete or of another block is false, so that nobody is convicted by it. The answer depends
/// on the bytes alone and is the same on every node; any bytes are answered, never with an exception, within bounded time
/// and memory.
/// </remarks>
public interface ITransitionAuditor
{
    /// <summary>True if the witness convicts those who signed the statement.</summary>
    /// <param name="shard">The shard's number.</param>
    /// <param name="epoch">The epoch of the committee.</param>
    /// <param name="view">The view or height of the statement.</param>
    /// <param name="digest">What was signed, 32 bytes.</param>
    /// <param name="witness">Untrusted bytes.</param>
    bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness);
}
