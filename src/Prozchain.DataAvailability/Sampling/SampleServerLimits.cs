using Prozchain.DataAvailability.Wire;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>What a <see cref="SampleServer"/> gives to one connection and to all of them.</summary>
/// <remarks>
/// A token is one share looked for, with its proof made, each whole 64 KiB of it, or 1024 bytes of a header. A request without a token is answered with
/// "busy" and costs next to nothing. A connection's memory is one request, one answer and the transport's buffers:
/// requests are worked off in order, and while nobody takes the answers none is read.
/// </remarks>
public sealed record SampleServerLimits
{
    /// <summary>Shares that one request may name, 1 to 1024.</summary>
    public int SharesPerRequest { get; init; } = 256;

    /// <summary>Tokens that a connection gains each second.</summary>
    public double TokensPerSecond { get; init; } = 200;

    /// <summary>Tokens that a connection starts with and can save up.</summary>
    public int TokenBurst { get; init; } = 1000;

    /// <summary>Tokens that all connections together gain each second.</summary>
    public double TotalTokensPerSecond { get; init; } = 5000;

    /// <summary>Tokens that all connections together start with and can save up.</summary>
    public int TotalTokenBurst { get; init; } = 10_000;

    /// <summary>Bytes sent after which a connection is closed.</summary>
    public long BytesPerConnection { get; init; } = 256L << 20;

    /// <summary>Connections at once.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>Longest wait for a whole request, and for room to send an answer.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SharesPerRequest, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SharesPerRequest, SampleFrames.MaxSharesPerRequest);
        ArgumentOutOfRangeException.ThrowIfLessThan(TokenBurst, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TotalTokenBurst, 1);
        CheckRate(TokensPerSecond, nameof(TokensPerSecond));
        CheckRate(TotalTokensPerSecond, nameof(TotalTokensPerSecond));
        ArgumentOutOfRangeException.ThrowIfLessThan(BytesPerConnection, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Connections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
    }

    // An infinite rate would make no sum of tokens, but NaN.
    private static void CheckRate(double rate, string name)
    {
        if (!double.IsFinite(rate) || rate < 0) throw new ArgumentOutOfRangeException(name, rate, "Expected a finite rate of at least 0.");
    }
}
