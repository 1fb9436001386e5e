namespace Prozchain.Sharding.Ports;

/// <summary>One entry of a batch to verify: who is said to have signed what. The bytes are the caller's and are not copied.</summary>
/// <param name="PublicKey">Public key with its leading scheme byte.</param>
/// <param name="Message">The signed bytes.</param>
/// <param name="Signature">Signature with its leading scheme byte.</param>
public readonly record struct SignedMessage(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Signature);
