namespace Prozchain.DataAvailability.Sampling;

/// <summary>What a <see cref="RemoteShareSource"/> takes from its server.</summary>
public sealed record RemoteShareLimits
{
    /// <summary>Longest share in bytes; unless set the longest row with its path. <see cref="Share.MaxEncodedSize"/> is enough for squares.</summary>
    public int MaxShareSize { get; init; } = SampleFault.MaxAnswerSize;

    /// <summary>Longest header in bytes; unless set that of a row code. 262,149 are enough for squares.</summary>
    public int MaxHeaderSize { get; init; } = Rows.RowHeader.MaxEncodedSize;

    /// <summary>Requests that wait for an answer at once, given up ones included; further ones are answered with "busy" here.</summary>
    public int Outstanding { get; init; } = 256;

    /// <summary>Longest wait for the next whole answer while one is due. After it the connection is closed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxShareSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHeaderSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Outstanding, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
    }
}
