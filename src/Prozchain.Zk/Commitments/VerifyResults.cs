namespace Prozchain.Zk.Commitments;

/// <summary>What a failure to read means for verifying.</summary>
internal static class VerifyResults
{
    public static VerifyResult Of(ReadResult failure) => failure switch
    {
        ReadResult.Truncated => VerifyResult.Truncated,
        ReadResult.TrailingBytes => VerifyResult.TrailingBytes,
        ReadResult.NonCanonicalElement => VerifyResult.NonCanonicalElement,
        ReadResult.InsufficientWork => VerifyResult.InsufficientWork,
        _ => VerifyResult.WrongShape,
    };
}
