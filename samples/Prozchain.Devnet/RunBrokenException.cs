namespace Prozchain.Devnet;

/// <summary>Something that must hold in every run did not. The run ends with exit code 1 and this sentence.</summary>
internal sealed class RunBrokenException(string message) : Exception(message);

/// <summary>A file, a folder or an option cannot be used. The run ends with exit code 2 and this sentence.</summary>
internal sealed class RunUnusableException(string message) : Exception(message);
