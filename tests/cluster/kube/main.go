// A small Kubernetes cluster in one program, for tests: control plane, kubectl and a node agent that
// plays kubelet and volume provisioner. Each part runs when the program is called by its name
// (tests/cluster/run.sh links and starts them).
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

var commands = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"node-agent":              newAgentCommand,
	"free-ports":              newFreePortsCommand,
}

// newFreePortsCommand prints ports of the loopback interface that nobody holds just now.
func newFreePortsCommand() *cobra.Command {
	return &cobra.Command{Use: "free-ports COUNT", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			count, err := strconv.Atoi(arguments[0])
			for i := 0; err == nil && i < count; i++ {
				var listener net.Listener
				if listener, err = net.Listen("tcp", "127.0.0.1:0"); err == nil {
					// Held until all are drawn, so that they differ.
					defer listener.Close()
					fmt.Println(listener.Addr().(*net.TCPAddr).Port)
				}
			}
			return err
		}}
}

func main() {
	name := filepath.Base(os.Args[0])
	if name == "kubectl" {
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			util.CheckErr(err)
		}
		return
	}
	command, known := commands[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s: no part of the cluster is called so\n", name)
		os.Exit(2)
	}
	os.Exit(cli.Run(command()))
}
