namespace Prozchain.DataAvailability.Tests;

/// <summary>Progress kept in order, on the thread that reports it.</summary>
internal sealed class Recorder<T>(List<T> seen) : IProgress<T>
{
    public void Report(T value) => seen.Add(value);
}
