namespace Prozchain.AI.Tests;

/// <summary>A directory of one test, removed with all it holds.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("prozchain-ai-").FullName;

    public int Files => Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Count();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
