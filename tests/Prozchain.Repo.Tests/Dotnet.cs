using Prozchain.Testing;

namespace Prozchain.Repo.Tests;

/// <summary>Runs the SDK's command line from within a test.</summary>
internal static class Dotnet
{
    public static ChildResult Run(TimeSpan timeout, params string[] arguments) =>
        ChildProcess.Run(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet",
            arguments,
            new Dictionary<string, string?>
            {
                // No server may outlive the test, and none of the outer build's own paths may leak in.
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["UseSharedCompilation"] = "false",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                ["DOTNET_NOLOGO"] = "1",
                ["MSBuildSDKsPath"] = null,
                ["MSBuildExtensionsPath"] = null,
                ["MSBUILD_EXE_PATH"] = null,
            },
            timeout: timeout);
}
