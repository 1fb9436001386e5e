namespace Prozchain.Devnet;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The run ended, and something that must hold did not; or a proof is refused.</summary>
    public const int Broken = 1;

    /// <summary>An option, a file or a data folder cannot be used; one sentence on standard error says why.</summary>
    public const int Unusable = 2;

    /// <summary>Stopped by Ctrl-C, cleanly (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
