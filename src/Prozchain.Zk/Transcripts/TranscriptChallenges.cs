using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transcripts;

/// <summary>Ways to draw.</summary>
internal static class TranscriptChallenges
{
    /// <summary>Draws one field element.</summary>
    public static TField Draw<TField>(this ITranscript transcript, ReadOnlySpan<byte> label) where TField : struct, IField<TField>
    {
        Span<TField> challenge = [TField.Zero];
        transcript.Challenge(label, challenge);
        return challenge[0];
    }
}
