namespace Prozchain.Sharding.Execution;

/// <summary>A transition whose senders' cells are the addresses of their public keys: many of them can be hashed at once.</summary>
internal interface IKeyedTransition
{
    /// <summary>The sender's public key with its scheme byte; empty for what does not read as a transaction.</summary>
    ReadOnlySpan<byte> SenderKey(ReadOnlySpan<byte> transaction);
}
