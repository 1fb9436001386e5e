using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Commitments;

/// <summary>The coefficients that combine all claims, drawn alike by prover and verifier.</summary>
internal static class BatchingCoefficients
{
    /// <summary>A coefficient for each pair of a base column and a point.</summary>
    /// <param name="transcript">With every claimed value bound.</param>
    /// <param name="kind">How they are drawn.</param>
    /// <param name="count">Pairs, at least one.</param>
    public static TExtension[] Draw<TExtension>(ITranscript transcript, BatchingKind kind, int count) where TExtension : struct, IField<TExtension>
    {
        var coefficients = new TExtension[count];
        coefficients[0] = TExtension.One;
        switch (kind)
        {
            case BatchingKind.Powers:
                TExtension challenge = transcript.Draw<TExtension>("fri batching"u8);
                for (int i = 1; i < count; i++) coefficients[i] = coefficients[i - 1] * challenge;
                break;
            case BatchingKind.Tensor:
                var factors = new TExtension[count == 1 ? 0 : 1 + System.Numerics.BitOperations.Log2((uint)count - 1)];
                transcript.Challenge("fri batching"u8, factors.AsSpan());
                for (int bit = 0; bit < factors.Length; bit++)
                    for (int i = (1 << bit) - 1; i >= 0; i--)
                    {
                        TExtension with = coefficients[i] * factors[bit];
                        if (i + (1 << bit) < count) coefficients[i + (1 << bit)] = with;
                        coefficients[i] -= with;
                    }
                break;
            case BatchingKind.Independent:
                transcript.Challenge("fri batching"u8, coefficients.AsSpan(1));
                break;
            default:
                throw new ArgumentException($"Expected a way of batching, got {kind}.", nameof(kind));
        }
        return coefficients;
    }

    /// <summary>The same coefficients coordinate by coordinate, so that sums over base columns are sums over the base field.</summary>
    public static TField[][] Coordinates<TField, TExtension>(ReadOnlySpan<TExtension> coefficients)
        where TField : struct, IField<TField>
        where TExtension : struct, IExtensionField<TExtension, TField>
    {
        var coordinates = new TField[TExtension.Degree][];
        for (int power = 0; power < coordinates.Length; power++)
        {
            coordinates[power] = new TField[coefficients.Length];
            for (int i = 0; i < coefficients.Length; i++) coordinates[power][i] = coefficients[i][power];
        }
        return coordinates;
    }
}
