using Prozchain.Testing;

namespace Prozchain.Repo.Tests.Surface;

/// <summary>Compares generated text with its approved file, or rewrites the file under PROZCHAIN_APPROVE=1.</summary>
internal static class Approved
{
    public static void Check(string file, string text)
    {
        string path = Repository.FullPath(file);
        if (TestSettings.IsApproving)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }
        const string How = "To approve: PROZCHAIN_APPROVE=1 dotnet test --project tests/Prozchain.Repo.Tests";
        Assert.True(File.Exists(path), $"Expected the approved file {file}, got none. {How}");
        string diff = TextDiff.Of(File.ReadAllText(path), text);
        Assert.True(diff.Length == 0, $"{file} differs from what is built (- approved, + built). {How}\n{diff}");
    }
}
