"""Builds the CPU kernels where there is a C++ compiler; all else is in pyproject.toml.

The library has a plain C interface and includes no header of torch or of Python, so
one build serves every version of both. The kernels are one source, compiled once for
each instruction set; the library chooses among them when it is loaded.
"""

import os
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError, LinkError

SOURCES = Path("graphattn/ops/native/src")
KERNELS = SOURCES / "kernels.cpp"
COMMON = sorted(path for path in SOURCES.glob("*.cpp") if path != KERNELS)
FLAGS = ["-std=c++17", "-O3", "-g0", "-fvisibility=hidden", "-Wall", "-Wextra"]
# Not -ffast-math: it breaks the rounding steps of exp.
FLAGS += ["-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"]
AVX2 = ["-mavx2", "-mfma", "-mf16c"]
AVX512 = [*AVX2, "-mavx512f", "-mavx512bw", "-mavx512vl", "-mavx512dq"]
X86 = sysconfig.get_platform().endswith(("x86_64", "amd64"))
ISAS = {"baseline": [], **({"avx2": AVX2, "avx512": AVX512} if X86 else {})}
OPENMP_PROGRAM = "#include <omp.h>\nextern int n;\nint n = omp_get_max_threads();\n"


class BuildKernels(build_ext):
    """Compiles one object per instruction set and links them to one library."""

    def get_ext_filename(self, fullname: str) -> str:
        """Returns a name without Python's version: nothing of Python is in it."""
        return os.path.join(*fullname.split(".")) + ".so"

    def build_extension(self, ext: Extension) -> None:
        """Compiles and links; an error leaves the package without kernels."""
        if self.compiler.compiler_type == "msvc":
            raise CompileError("the kernels need GCC's vector extension: GCC or Clang")
        openmp = self._openmp()
        flags = [*FLAGS, *openmp, *(f"-DGRAPHATTN_HAS_{isa.upper()}" for isa in ISAS)]
        jobs = [(KERNELS, isa, [*flags, *extra]) for isa, extra in ISAS.items()]
        jobs += [(source, "common", flags) for source in COMMON]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = list(pool.map(lambda job: self._compile(*job), jobs))
        self.compiler.link_shared_object(
            [path for paths in objects for path in paths],
            self.get_ext_fullpath(ext.name),
            extra_postargs=openmp,
            target_lang="c++",
        )

    def _compile(self, source: Path, folder: str, flags: list[str]) -> list[str]:
        return self.compiler.compile(
            [str(source)],
            output_dir=str(Path(self.build_temp) / folder),
            extra_postargs=flags,
        )

    def _openmp(self) -> list[str]:
        """Returns OpenMP's flag; without OpenMP the library starts its own threads."""
        folder = Path(self.build_temp) / "openmp"
        folder.mkdir(parents=True, exist_ok=True)
        program, flag = folder / "program.cpp", "-fopenmp"
        program.write_text(OPENMP_PROGRAM)
        try:
            objects = self.compiler.compile(
                [str(program)], output_dir=str(folder), extra_postargs=[flag]
            )
            self.compiler.link_shared_object(
                objects, str(folder / "program.so"), extra_postargs=[flag]
            )
        except (CompileError, LinkError):
            return []
        return [flag]


setup(
    # The catalogue lies beside the package; pyproject.toml maps it into it.
    packages=[*find_packages(include=["graphattn*"]), "graphattn.datasets.catalogue"],
    cmdclass={"build_ext": BuildKernels},
    ext_modules=[
        Extension(
            "graphattn.ops.native._kernels",
            sources=[str(KERNELS), *map(str, COMMON)],
            depends=sorted(map(str, SOURCES.glob("*.h"))),
            language="c++",
            optional=True,
        )
    ],
)
