namespace Prozchain.Sharding.Ports;

/// <summary>Says whether signatures are valid.</summary>
/// <remarks>
/// <para>An implementer owes:</para>
/// <list type="bullet">
/// <item>the answer depends on the bytes alone: every node of a network gives the same one, always;</item>
/// <item>any bytes are answered, never with an exception; an unknown scheme byte is <see langword="false"/>;</item>
/// <item>no valid signature can be turned into another one of the same message without the key (for ECDSA: low s only);</item>
/// <item><see cref="VerifyMany"/> agrees with <see cref="Verify"/> on every entry;</item>
/// <item>members may be called from several threads at once.</item>
/// </list>
/// </remarks>
public interface ISignatureVerifier
{
    /// <summary>True if <paramref name="signature"/> is a valid signature of <paramref name="message"/> by <paramref name="publicKey"/>.</summary>
    /// <param name="publicKey">Public key with its leading scheme byte.</param>
    /// <param name="message">The signed bytes.</param>
    /// <param name="signature">Signature with its leading scheme byte.</param>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Answers a whole batch.</summary>
    /// <param name="batch">The entries.</param>
    /// <param name="valid">Receives one answer per entry; at least as long as the batch.</param>
    /// <param name="maxDegreeOfParallelism">How many threads may work on it; 1 is serial.</param>
    /// <exception cref="ArgumentException"><paramref name="valid"/> is shorter than <paramref name="batch"/>.</exception>
    void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1);
}
