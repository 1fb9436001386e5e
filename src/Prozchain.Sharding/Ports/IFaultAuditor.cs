namespace Prozchain.Sharding.Ports;

/// <summary>Judges evidence that the beacon cannot judge by signatures alone.</summary>
/// <remarks>
/// An implementer owes: true only if the bytes prove the fault; bytes that are broken, incomplete or of something else are
/// false, so that nobody is convicted by them. The answer depends on the arguments alone and is the same on every node;
/// any bytes are answered, never with an exception, within bounded time and memory.
/// </remarks>
public interface IFaultAuditor
{
    /// <summary>True if executing a block again from the witness does not give what its committee signed.</summary>
    /// <param name="shard">The shard's number.</param>
    /// <param name="epoch">The epoch of the committee.</param>
    /// <param name="view">The view or height of the statement.</param>
    /// <param name="digest">What was signed, 32 bytes.</param>
    /// <param name="witness">Untrusted bytes.</param>
    bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness);

    /// <summary>True if the proof shows that a member of a protocol signed what no honest one signs; signatures are in the proof.</summary>
    /// <param name="publicKey">The accused, with the scheme byte.</param>
    /// <param name="shard">The shard's number; 0 for the beacon itself.</param>
    /// <param name="epoch">The epoch of the committee.</param>
    /// <param name="proof">Untrusted bytes, in the form of the protocol that judges its own messages.</param>
    bool Contradicts(ReadOnlySpan<byte> publicKey, ulong shard, ulong epoch, ReadOnlySpan<byte> proof);
}
