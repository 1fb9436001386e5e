namespace Prozchain.Rollups.Ports;

/// <summary>That a key signed a message. Untrusted.</summary>
/// <param name="PublicKey">The key with its scheme byte.</param>
/// <param name="Message">What is said to be signed.</param>
/// <param name="Signature">The signature with its scheme byte.</param>
public readonly record struct SignatureClaim(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Signature);
